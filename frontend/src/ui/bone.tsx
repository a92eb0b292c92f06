/** A grey shape where content will stand. It shows after 150 ms, so that a quick answer does not flicker. */

interface BoneProps {
  readonly w: number | string;
  readonly h?: number;
  readonly top?: number;
  readonly round?: number;
}

export function Bone({ w, h = 10, top = 0, round }: BoneProps) {
  return (
    <div
      className="sk"
      style={{ width: w, height: h, marginTop: top, ...(round === undefined ? {} : { borderRadius: round }) }}
    />
  );
}
