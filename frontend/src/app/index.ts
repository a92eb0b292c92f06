/** The frame of the screen: start, shell, sign-in, offline and demo bars. */

export type { NavPage } from "./nav";
export { Shell } from "./shell";
export { SignIn } from "./sign-in";
export { useTheme } from "./theme";
export { wake } from "./wake";
