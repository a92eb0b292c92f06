/** A mail as it was laid out, in a frame that runs nothing and loads nothing; its pictures come through the server, once asked. */
import { useQuery } from "@tanstack/react-query";
import { ImageIcon, Mail, Type } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { type Message, mailQuery } from "../api/index";
import { useT } from "../i18n/index";
import { Icon } from "../ui/index";

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";
const NONE: readonly string[] = [];
const LOOK =
  "body{margin:12px;font:14px/1.45 system-ui,sans-serif;color:#1c1b19;background:#fff;overflow-wrap:anywhere}img{max-width:100%;height:auto}";

type Pictures = readonly (string | null)[];

export function mailPage(html: string, images: Pictures, files: Pictures = NONE): string {
  const filled = html.replace(/src="#(image|file)-(\d+)"/g, (_, kind: string, at: string) => {
    const picture = (kind === "file" ? files : images)[Number(at)];
    return picture ? `src="${picture}"` : 'alt=""';
  });
  return `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><base target="_blank"><style>${LOOK}</style></head><body>${filled}</body></html>`;
}

export function MailButton({ open, onToggle }: { readonly open: boolean; readonly onToggle: () => void }) {
  const t = useT();
  return (
    <button type="button" className="link mailed" aria-expanded={open} onClick={onToggle}>
      <Icon of={open ? Type : Mail} size="s" />
      {t(open ? "mail.plain" : "mail.laid_out")}
    </button>
  );
}

export function MailFrame({ message }: { readonly message: Message }) {
  const t = useT();
  const mail = useQuery(mailQuery(message.id));
  const [wanted, setWanted] = useState(false);
  const images = mail.data?.images ?? NONE;
  const afar = useMemo(
    () => (wanted ? images.map((url) => imageOf(message.id, url)) : NONE),
    [message.id, wanted, images],
  );
  const pictures = usePictures(afar);
  const own = usePictures(mail.data?.files ?? NONE);
  const page = useMemo(() => mailPage(mail.data?.html ?? "", pictures, own), [mail.data, pictures, own]);
  if (mail.isError) return <p className="mute t12">{t("mail.failed")}</p>;
  if (!mail.data) return <div className="mail" aria-busy="true" />;
  return (
    <>
      {images.length > 0 && !wanted && (
        <button type="button" className="link mailed" onClick={() => setWanted(true)}>
          <Icon of={ImageIcon} size="s" />
          {t("mail.pictures", { count: images.length })}
        </button>
      )}
      <iframe
        className="mail"
        style={{ height: heightOf(mail.data.html) }}
        sandbox=""
        srcDoc={page}
        title={t("mail.title")}
      />
    </>
  );
}

/** A frame that runs nothing cannot say how tall it is; what is longer scrolls, and the reader may pull it. */
const heightOf = (html: string): number => Math.min(420, Math.max(160, 100 + html.length / 6));

/** As data, because a frame without an origin carries no sign-in. One that cannot be had stays away. */
function usePictures(urls: readonly string[]): Pictures {
  const [pictures, setPictures] = useState<Pictures>(NONE);
  const latest = useRef(0);
  useEffect(() => {
    latest.current += 1;
    const turn = latest.current;
    void Promise.all(urls.map(pictureAt)).then((found) => {
      if (turn === latest.current) setPictures(found);
    });
  }, [urls]);
  return pictures;
}

const imageOf = (message: string, url: string) =>
  `/api/v1/messages/${message}/image?url=${encodeURIComponent(url)}`;

async function pictureAt(address: string): Promise<string | null> {
  try {
    const answer = await fetch(address);
    return answer.ok ? await dataOf(await answer.blob()) : null;
  } catch {
    return null;
  }
}

function dataOf(blob: Blob): Promise<string | null> {
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(typeof reader.result === "string" ? reader.result : null);
    reader.onerror = () => done(null);
    reader.readAsDataURL(blob);
  });
}
