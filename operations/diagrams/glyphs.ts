import type { NodeKind } from "./draft";
import { look } from "./style";

/** Icons on a 16-pixel grid, one per kind of box. */
const PATHS: Readonly<Record<NodeKind, string>> = {
  people: "M8 7.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM2.5 14c.4-3 2.6-4.5 5.5-4.5s5.1 1.5 5.5 4.5",
  internet: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM1.5 8h13M8 1.5c-4 3.5-4 9.5 0 13c4-3.5 4-9.5 0-13",
  network: "M1.5 5.5h11M9.5 2.5l3 3l-3 3M14.5 10.5h-11M6.5 7.5l-3 3l3 3",
  loadBalancer:
    "M3.5 8h3M6.5 8l5-5M6.5 8h5.5M6.5 8l5 5M1.5 6.5h2v3h-2zM12 2h2.5v2.5h-2.5zM12 6.8h2.5v2.5h-2.5zM12 11.5h2.5v2.5h-2.5z",
  compute:
    "M3.5 3.5h9v9h-9zM6 6h4v4h-4zM6 1.5v2M10 1.5v2M6 12.5v2M10 12.5v2M1.5 6h2M1.5 10h2M12.5 6h2M12.5 10h2",
  database: "M2.5 4c0-3 11-3 11 0s-11 3-11 0v8c0 3 11 3 11 0v-8M2.5 8c0 3 11 3 11 0",
  bucket: "M2 3.5h12l-1.8 10.5h-8.4zM2.7 7.5h10.6",
  table: "M2 2.5h12v11h-12zM2 6h12M2 9.8h12M6 2.5v11",
  logs: "M3 1.5h7l3 3v10h-10zM5.5 6.5h5M5.5 9h5M5.5 11.5h3",
  alarms: "M3.5 11.5c1.5-1 1-5 1.5-6.5c.8-3.5 5.2-3.5 6 0c.5 1.5 0 5.5 1.5 6.5zM6.5 13.5c.5 1.3 2.5 1.3 3 0",
  topic: "M2 6.5v3.5h3l6.5 3.5v-10.5l-6.5 3.5zM13.5 6c1 1.3 1 3 0 4.3",
  queue: "M1.5 4h3.5v8h-3.5zM6.3 4h3.5v8h-3.5zM11 4h3.5v8h-3.5z",
  schedule: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM8 4.5v3.5l2.5 2",
  key: "M5 11.5a3.5 3.5 0 1 0 0-7a3.5 3.5 0 0 0 0 7zM8.5 8h6v3M11.5 8v2.5",
  secret: "M3 7h10v7h-10zM5 7v-2c0-4 6-4 6 0v2M8 9.5v2",
  images: "M8 1.5l6 3v7l-6 3l-6-3v-7zM2 4.5l6 3l6-3M8 7.5v7",
  dns: "M8 1.5v13M3 3h9l2 1.8l-2 1.7h-9zM13 8.5h-9l-2 1.8l2 1.7h9z",
  certificate: "M2 2.5h12v8h-12zM4.5 5.5h7M4.5 7.5h4M10 10.5v4l1.5-1l1.5 1v-4",
  role: "M8 1.5l6 2v4.5c0 3.5-3 5.5-6 6.5c-3-1-6-3-6-6.5v-4.5zM5.5 8l2 2l3.5-4",
};

export function glyphOf(kind: NodeKind, x: number, y: number): string {
  return `<path ${look("glyph")} transform="translate(${x} ${y}) scale(1.25)" d="${PATHS[kind]}"/>`;
}
