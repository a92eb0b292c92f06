/** Every address and the page behind it. The only room that joins rooms. */
export { makeRouter } from "./router";
