/** The route tree. Pages other than the inbox load when they are first opened. */
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { connectionsQuery, type Desk, firstRunQuery, meQuery, Problem } from "../api/index";
import { parseSearch, readInbox, stringifySearch } from "./address";
import { Enter } from "./enter";
import { Frame } from "./frame";
import { InboxPage } from "./inbox";
import { NoSuchPage, PageFailure } from "./lost";

interface RouterContext {
  readonly desk: Desk;
}

const root = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: NoSuchPage,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search.next === "string" && /^\/(?!\/)/.test(search.next) ? { next: search.next } : {},
  component: Enter,
});

const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  beforeLoad: async ({ context, location }) => {
    try {
      const { queries } = context.desk;
      await queries.ensureQueryData(meQuery);
      await queries.ensureQueryData(connectionsQuery);
    } catch (failure) {
      if (failure instanceof Problem && failure.status === 401) {
        const { needed } = await context.desk.queries.ensureQueryData(firstRunQuery);
        if (needed) throw redirect({ to: "/start" });
        throw redirect({ to: "/sign-in", search: { next: location.href } });
      }
      throw failure;
    }
  },
  component: Frame,
  errorComponent: PageFailure,
});

const home = createRoute({
  getParentRoute: () => inside,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/inbox", search: {} });
  },
});

const inbox = createRoute({
  getParentRoute: () => inside,
  path: "/inbox",
  validateSearch: readInbox,
  component: InboxPage,
});

const conversation = createRoute({ getParentRoute: () => inbox, path: "/$id" });

const stock = createRoute({
  getParentRoute: () => inside,
  path: "/stock",
  component: lazyRouteComponent(() => import("../stock/index"), "StockPage"),
});

const orders = createRoute({
  getParentRoute: () => inside,
  path: "/orders",
  component: lazyRouteComponent(() => import("../orders/index"), "OrdersPage"),
});

const incidents = createRoute({
  getParentRoute: () => inside,
  path: "/incidents",
  component: lazyRouteComponent(() => import("../stock/index"), "IncidentsPage"),
});

const connections = createRoute({
  getParentRoute: () => inside,
  path: "/connections",
  component: lazyRouteComponent(() => import("../connections/index"), "ConnectionsPage"),
});

const replies = createRoute({
  getParentRoute: () => inside,
  path: "/replies",
  component: lazyRouteComponent(() => import("../replies/index"), "RepliesPage"),
});

/** Open to somebody without a shop; with one, it leads on to what can be connected. */
const start = createRoute({
  getParentRoute: () => root,
  path: "/start",
  beforeLoad: async ({ context }) => {
    const { queries } = context.desk;
    const { needed } = await queries.ensureQueryData(firstRunQuery);
    if (needed) return;
    try {
      await queries.ensureQueryData(meQuery);
    } catch (failure) {
      if (failure instanceof Problem && failure.status === 401)
        throw redirect({ to: "/sign-in", search: { next: "/start" } });
      throw failure;
    }
  },
  component: lazyRouteComponent(() => import("./begin"), "Begin"),
  errorComponent: PageFailure,
});

const tree = root.addChildren([
  signIn,
  inside.addChildren([
    home,
    inbox.addChildren([conversation]),
    stock,
    orders,
    incidents,
    connections,
    replies,
  ]),
  start,
]);

export function makeRouter(desk: Desk) {
  return createRouter({
    routeTree: tree,
    context: { desk },
    parseSearch,
    stringifySearch,
    defaultPreload: false,
    defaultErrorComponent: PageFailure,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
