/** Small things without a domain word: ids, time, money, storage, small hooks. */

export { useAddress } from "./address";
export { useNow, usePhone, useWide } from "./hooks";
export { uuid7 } from "./id";
export { formatMoney, MINOR_DIGITS } from "./money";
export { type Kept, keep } from "./storage";
export { atHour, dayKey, daysToMonday, duration, minutesUntil, momentIn, type Units } from "./time";
