/** The live line: one socket that resumes after a cursor, what it tells, and the outbox. No React here. */
export { backoff, restartPause } from "./backoff";
export { type LinkState, type LiveHandlers, LiveLink, type LiveWorld, type Wire } from "./link";
export { ChangeLog } from "./log";
export { Outbox, type OutboxEntry, type OutboxStore } from "./outbox";
export { BUYER, Presence, type PresenceState } from "./presence";
export { type Change, type Frame, parseFrame, type Viewer } from "./protocol";
export { browserWorld, type Clock } from "./world";
