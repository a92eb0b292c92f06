/** A member's face: initials on a hue of their own. */

interface Person {
  readonly id: string;
  readonly name: string;
  readonly initials: string;
}

interface AvatarProps {
  readonly of: Person;
  /** 20 px unless "x" (16) or "l" (28). */
  readonly size?: "x" | "l" | "";
  readonly replying?: boolean;
  readonly present?: boolean;
  readonly away?: boolean;
}

/** From the whole id (FNV-1a), so that ids made in the same second still differ and a person keeps their hue. */
function hueOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const letter of id) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  return (hash >>> 8) % 360;
}

export function Avatar({ of, size = "", replying = false, present = false, away = false }: AvatarProps) {
  return (
    <span
      className={`av ${size} ${replying ? "typ" : ""} ${away ? "away" : ""}`}
      style={{ "--h": hueOf(of.id) } as React.CSSProperties}
      title={of.name}
    >
      {of.initials}
      {present && <span className="pr" />}
    </span>
  );
}

interface AvatarsProps {
  readonly people: readonly { readonly person: Person; readonly replying: boolean }[];
  readonly size?: "x" | "";
  readonly label: string;
}

export function Avatars({ people, size = "x", label }: AvatarsProps) {
  return (
    <span className="avs" role="img" aria-label={label} title={label}>
      {people.map(({ person, replying }) => (
        <Avatar key={person.id} of={person} size={size} replying={replying} />
      ))}
    </span>
  );
}
