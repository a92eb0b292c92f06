/** The customer beside a conversation: who they are, what they bought, what of it is left. */
export { CustomerPane } from "./pane";
