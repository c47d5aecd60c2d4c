import type { ContainerDefinition } from "@aws-sdk/client-ecs";

/** Where a container's paths and ports lead on this machine. */
export interface Places {
  /** Folder by the path at which the container mounts it. */
  readonly folders: ReadonlyMap<string, string>;
  /** Port on 127.0.0.1 by container port. */
  readonly ports: ReadonlyMap<number, number>;
}

/**
 * A text of a task definition (argument, script, value of a variable) with this machine's folders and ports. In one
 * pass: a folder may itself lie below a path that containers mount, such as `/tmp`.
 */
export function onThisMachine(text: string, { folders, ports }: Places): string {
  const paths = [...folders.keys()].sort((a, b) => b.length - a.length).map(escapePattern);
  const alternatives = [
    ...(paths.length > 0 ? [`(?<![^=:\\s"'>,(])(?<path>${paths.join("|")})(?![^/:\\s"',;)])`] : []),
    ...(ports.size > 0
      ? [`(?<=\\b(?:localhost|127\\.0\\.0\\.1|0\\.0\\.0\\.0):)(?<port>${[...ports.keys()].join("|")})(?!\\d)`]
      : []),
  ];
  if (alternatives.length === 0) return text;
  return text.replace(new RegExp(alternatives.join("|"), "g"), (found) => {
    const folder = folders.get(found);
    return folder ?? String(ports.get(Number(found)));
  });
}

/** A container with its entry point and command as they are on this machine. */
export function commandOnThisMachine(container: ContainerDefinition, places: Places): ContainerDefinition {
  const onThis = (texts: readonly string[] | undefined) => texts?.map((text) => onThisMachine(text, places));
  return {
    ...container,
    entryPoint: onThis(container.entryPoint),
    command: onThis(container.command),
  };
}

/** The variables of a container with this machine's folders and ports; `…PORT` may hold a container port alone, `…IP` every address. */
export function variablesOnThisMachine(
  variables: Readonly<Record<string, string>>,
  places: Places,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      // A task has a network of its own; here every address would be those of the user's machine.
      if (name.endsWith("_IP") && value === "0.0.0.0") return [name, "127.0.0.1"];
      const port = name.endsWith("PORT") && /^\d+$/.test(value) ? places.ports.get(Number(value)) : undefined;
      return [name, port === undefined ? onThisMachine(value, places) : String(port)];
    }),
  );
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
