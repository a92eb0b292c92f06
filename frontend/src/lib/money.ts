/** Money is minor units and a currency. */

/** Digits after the point where they are not two; rupiah is written without any. Same table as the server's. */
export const MINOR_DIGITS: Readonly<Record<string, number>> = {
  BHD: 3,
  CLP: 0,
  IDR: 0,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  OMR: 3,
  TND: 3,
  VND: 0,
};

const formatters = new Map<string, Intl.NumberFormat>();

interface Style {
  readonly locale: string;
  readonly narrow?: boolean;
}

/** "US$212.40", narrow "$212.40", Indonesian "Rp 12.000". An unknown currency keeps its code. */
export function formatMoney(minor: number, currency: string, { locale, narrow = false }: Style): string {
  const digits = MINOR_DIGITS[currency] ?? 2;
  const key = `${locale} ${currency} ${narrow}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = makeFormatter(currency, { locale, narrow }, digits);
    formatters.set(key, formatter);
  }
  return formatter.format(minor / 10 ** digits);
}

function makeFormatter(currency: string, style: Style, digits: number): Intl.NumberFormat {
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  if (!/^[A-Z]{3}$/.test(currency)) return new Intl.NumberFormat(style.locale, fraction);
  return new Intl.NumberFormat(style.locale, {
    style: "currency",
    currency,
    currencyDisplay: style.narrow && style.locale.startsWith("en") ? "narrowSymbol" : "symbol",
    ...fraction,
  });
}
