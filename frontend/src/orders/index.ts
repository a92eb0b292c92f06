/** Orders of every channel. */
export { OrdersPage } from "./page";
