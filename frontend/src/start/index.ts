/** First run. */
export { StartPage } from "./page";
