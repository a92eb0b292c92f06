/** What a first run asks, guessed as well as this browser can tell. Pure. */

/** As the server holds it. */
export const PASSWORD_LENGTH = 12;

const CURRENCIES: Readonly<Record<string, string>> = {
  "Asia/Jakarta": "IDR",
  "Asia/Makassar": "IDR",
  "Asia/Jayapura": "IDR",
  "Asia/Pontianak": "IDR",
  "Asia/Singapore": "SGD",
  "Asia/Kuala_Lumpur": "MYR",
  "Asia/Bangkok": "THB",
  "Asia/Manila": "PHP",
  "Asia/Ho_Chi_Minh": "VND",
  "Asia/Tokyo": "JPY",
  "Asia/Seoul": "KRW",
  "Asia/Kolkata": "INR",
  "Europe/London": "GBP",
  "Europe/Zurich": "CHF",
  "Europe/Stockholm": "SEK",
  "Europe/Oslo": "NOK",
  "Europe/Copenhagen": "DKK",
  "Europe/Warsaw": "PLN",
  "Australia/Sydney": "AUD",
  "America/Toronto": "CAD",
  "America/Sao_Paulo": "BRL",
};

export function currencyOf(zone: string): string {
  const known = Object.hasOwn(CURRENCIES, zone) ? CURRENCIES[zone] : undefined;
  return known ?? (zone.startsWith("Europe/") ? "EUR" : zone.startsWith("Australia/") ? "AUD" : "USD");
}

/** "Asia/Jakarta" is "Jakarta"; "America/Argentina/Salta" is "Salta, Argentina". */
export function zoneName(zone: string): string {
  const parts = zone.replaceAll("_", " ").split("/");
  return parts.length < 2 ? zone : parts.slice(1).reverse().join(", ");
}

/** Letters still missing; 0 when it is long enough. */
export const missingOf = (password: string): number => Math.max(0, PASSWORD_LENGTH - [...password].length);

export type Field = "name" | "email" | "password" | "company";
export type Fault = "missing" | "email" | "short";

export function faultsOf(answers: Readonly<Record<Field, string>>): Readonly<Partial<Record<Field, Fault>>> {
  const faults: Partial<Record<Field, Fault>> = {};
  for (const field of ["name", "email", "company"] as const)
    if (!answers[field].trim()) faults[field] = "missing";
  if (!faults.email && !/^\s*[^@\s]+@[^@\s]+\s*$/.test(answers.email)) faults.email = "email";
  if (missingOf(answers.password) > 0) faults.password = "short";
  return faults;
}

/** Every value this browser knows, with the wanted one among them. */
export function valuesOf(kind: "timeZone" | "currency", wanted: string): readonly string[] {
  const known = Intl.supportedValuesOf(kind);
  return known.includes(wanted) ? known : [wanted, ...known];
}
