/** The first-run page and where it leads afterwards. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { firstRunQuery } from "../api/index";
import { StartPage } from "../start/index";

export function Begin() {
  const navigate = useNavigate();
  const { data } = useQuery(firstRunQuery);
  const [made, setMade] = useState(false);
  return (
    <StartPage
      needed={!made && (data?.needed ?? false)}
      onGo={(path) => void navigate({ href: path })}
      onMade={() => setMade(true)}
    />
  );
}
