/** Linked accounts and how they are. */
export { ConnectionsPage } from "./page";
