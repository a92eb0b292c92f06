/** The sign-in page and where it leads afterwards. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { SignIn } from "../app/index";

export function Enter() {
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/sign-in" });
  return <SignIn onIn={() => void navigate({ href: next ?? "/inbox" })} />;
}
