/** US dollars: `$1,229.53`, or with four decimals for hourly costs: `$0.0123`. */
export function usd(amount: number, decimals: 2 | 4 = 2): string {
  const rounded = Math.abs(amount).toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  // No sign if the amount rounds to zero.
  return `${amount < 0 && /[1-9]/.test(rounded) ? "-" : ""}$${rounded}`;
}

/** Marks a sum that is incomplete because a price is missing: `at least $12.00`. */
export function atLeast(text: string, isAtLeast: boolean): string {
  return isAtLeast ? `at least ${text}` : text;
}

/** A number without trailing zeros: `0.25`, `1,300`. */
export function plain(amount: number): string {
  return amount.toLocaleString("en-US", { maximumFractionDigits: 4 });
}

/** A price with all its decimals, at least two unless it is whole: `$0.04048`, `$0.50`, `$3`. */
export function price(amount: number): string {
  const minimumFractionDigits = Number.isInteger(amount) ? 0 : 2;
  return `$${amount.toLocaleString("en-US", { minimumFractionDigits, maximumFractionDigits: 10 })}`;
}
