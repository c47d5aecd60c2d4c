import { isObject } from "../contract/json";
import type { TerraformResource } from "../contract/terraform-json";

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A number, even if Terraform stores it as text; `undefined` for anything else, such as an expression. */
export function number(value: unknown): number | undefined {
  if (typeof value === "string" && value.trim() === "") return undefined;
  const parsed = typeof value === "string" || typeof value === "number" ? Number(value) : NaN;
  return Number.isFinite(parsed) ? parsed : undefined;
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Addresses of resources that a value refers to, each once, in order. */
export function referencesIn(value: unknown): string[] {
  const found = typeof value === "string" ? addressesIn(value) : children(value).flatMap(referencesIn);
  return [...new Set(found)];
}

function addressesIn(expression: string): string[] {
  return [...expression.matchAll(/\$\{([^}]*)\}/g)].flatMap(([, inner]) =>
    [...inner!.matchAll(/(?<![\w.-])(aws_\w+\.[\w-]+)/g)].map(([, address]) => address!),
  );
}

function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

/** The resources of a stack, to look up what belongs together. */
export class Inventory {
  private readonly byType = new Map<string, TerraformResource[]>();

  public constructor(resources: readonly TerraformResource[]) {
    for (const resource of resources) {
      this.byType.set(resource.type, [...this.ofType(resource.type), resource]);
    }
  }

  public ofType(type: string): readonly TerraformResource[] {
    return this.byType.get(type) ?? [];
  }

  /**
   * The resource of a type that a value refers to: by an address in an expression, or by one of its own values. If the
   * value is unknown, the only resource of the type.
   */
  public meant(value: unknown, type: string, keys: readonly string[]): TerraformResource | undefined {
    const candidates = this.ofType(type);
    const referred = referencesIn(value);
    if (referred.length > 0) return candidates.find(({ address }) => referred.includes(address));
    const given = text(value);
    if (given === undefined || given === "") return candidates.length === 1 ? candidates[0] : undefined;
    return candidates.find(({ values }) => keys.some((key) => values[key] === given));
  }
}
