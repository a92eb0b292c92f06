/** The files of the message that is being written: chosen, dropped or pasted, each can be taken out again. */
import { CircleAlert, LoaderCircle, Paperclip, X } from "lucide-react";
import { type ChangeEvent, useRef } from "react";
import type { Mode } from "../api/index";
import { useT } from "../i18n/index";
import { Icon, IconButton } from "../ui/index";
import { attach, detach, useAttached } from "./attached";

interface FilesProps {
  readonly conversation: string;
  readonly mode: Mode;
}

export function AttachButton({ conversation, mode }: FilesProps) {
  const t = useT();
  const field = useRef<HTMLInputElement>(null);
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    attach(conversation, mode, [...(event.target.files ?? [])], t("file.failed"));
    event.target.value = "";
  };
  return (
    <>
      <input
        ref={field}
        type="file"
        multiple
        hidden
        aria-label={t("composer.attach")}
        tabIndex={-1}
        onChange={choose}
      />
      <IconButton icon={Paperclip} label={t("composer.attach")} onClick={() => field.current?.click()} />
    </>
  );
}

export function AttachedLine({ conversation, mode }: FilesProps) {
  const t = useT();
  const files = useAttached(conversation, mode);
  if (files.length === 0) return null;
  return (
    <ul className="files going" aria-label={t("composer.files")}>
      {files.map((file) => (
        <li className={`file ${file.failure ? "bad" : ""}`} key={file.key} title={file.failure ?? file.name}>
          <Icon of={file.failure ? CircleAlert : file.id ? Paperclip : LoaderCircle} size="s" />
          <span className="el">{file.failure ? `${file.name}: ${file.failure}` : file.name}</span>
          <IconButton
            icon={X}
            label={t("composer.detach", { name: file.name })}
            onClick={() => detach(conversation, mode, file.key)}
          />
        </li>
      ))}
    </ul>
  );
}
