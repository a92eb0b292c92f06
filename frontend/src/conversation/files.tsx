/** What came along with a message: pictures are seen, sound and film are played, the rest is saved. */
import { Paperclip } from "lucide-react";
import type { Attachment } from "../api/index";
import { useT } from "../i18n/index";
import { Icon } from "../ui/index";

export function Files({ of }: { readonly of: readonly Attachment[] }) {
  if (of.length === 0) return null;
  return (
    <div className="files">
      {of.map((file) => (
        <OneFile file={file} key={file.id} />
      ))}
    </div>
  );
}

function OneFile({ file }: { readonly file: Attachment }) {
  const t = useT();
  const name = file.name || t("file.unnamed");
  const ready = file.url !== null && file.state === "stored";
  if (!ready || !file.url) {
    return (
      <span className="file">
        <Icon of={Paperclip} size="s" />
        {name}
        <span className="mute">{t(file.state === "refused" ? "file.refused" : "file.not_here")}</span>
      </span>
    );
  }
  if (SHOWN.test(file.media_type)) {
    return (
      <a className="pic" href={file.url} target="_blank" rel="noreferrer">
        <img src={file.url} alt={file.name || t("file.picture")} loading="lazy" />
      </a>
    );
  }
  if (file.media_type.startsWith("audio/")) {
    // biome-ignore lint/a11y/useMediaCaption: what a buyer says has no captions
    return <audio className="play" src={file.url} controls preload="metadata" aria-label={name} />;
  }
  if (file.media_type.startsWith("video/")) {
    // biome-ignore lint/a11y/useMediaCaption: what a buyer films has no captions
    return <video className="play" src={file.url} controls preload="metadata" aria-label={name} />;
  }
  return (
    <a className="file" href={file.url} download={name} rel="noreferrer">
      <Icon of={Paperclip} size="s" />
      {name}
    </a>
  );
}

/** What a browser draws; a phone of another make may send pictures that none does. */
const SHOWN = /^image\/(png|jpeg|gif|webp)$/;
