/** US dollars with two decimals, `$1,229.53`, and four for what an hour costs: `$0.0123`. */
export function usd(amount: number, decimals: 2 | 4 = 2): string {
  const rounded = Math.abs(amount).toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  // What rounds to nothing has no sign.
  return `${amount < 0 && /[1-9]/.test(rounded) ? "-" : ""}$${rounded}`;
}

/** A sum from which something without a price is missing: `at least $12.00`. */
export function atLeast(text: string, isAtLeast: boolean): string {
  return isAtLeast ? `at least ${text}` : text;
}

/** A number without needless decimals: `0.25`, `1,300`. */
export function plain(amount: number): string {
  return amount.toLocaleString("en-US", { maximumFractionDigits: 4 });
}

/** A price with as many decimals as it has, but cents in full: `$0.04048`, `$0.50`, `$3`. */
export function price(amount: number): string {
  const minimumFractionDigits = Number.isInteger(amount) ? 0 : 2;
  return `$${amount.toLocaleString("en-US", { minimumFractionDigits, maximumFractionDigits: 10 })}`;
}
