/** Who follows a conversation without owning it. */
import { type Conversation, useMe } from "../api/index";
import { useT } from "../i18n/index";
import { Avatar, type MenuEntry } from "../ui/index";
import type { ConversationActs } from "./acts";

export function useFollowEntries(row: Conversation, acts: ConversationActs): readonly MenuEntry[] {
  const t = useT();
  const { members, member } = useMe();
  const follows = ({ id }: { readonly id: string }) => row.follower_ids.includes(id);
  const others = members.filter((each) => each.id !== member.id && (each.role !== "stock" || follows(each)));
  return [
    { heading: t("follow.title") },
    ...[member, ...others].map((each) => ({
      label: each.id === member.id ? t("follow.me") : each.name,
      mark: <Avatar of={each} />,
      on: follows(each),
      run: () => acts.follow(row, each.id),
    })),
  ];
}

export function useFollowerWords(row: Conversation): string {
  const t = useT();
  const { members } = useMe();
  const names = row.follower_ids.flatMap((id) => members.find((each) => each.id === id)?.name ?? []);
  return names.length > 0 ? t("follow.by", { names: names.join(", ") }) : t("follow.nobody");
}
