/** One count of what there is: stock now, and what a person must decide about it. */
export { IncidentsPage } from "./incidents";
export { StockPage } from "./page";
