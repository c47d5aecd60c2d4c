// Stands in for the Task API's image, which this project does not build: `GET /health`, and tasks kept in memory.
import console from "node:console";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import process from "node:process";

const MAX_BODY_BYTES = 1_000_000;
const tasks = new Map();

const server = createServer(async (request, response) => {
  const send = (status, body) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body === undefined ? undefined : `${JSON.stringify(body)}\n`);
  };
  const [, collection, id, ...rest] = request.url.split("?")[0].split("/");
  if (collection === "health" && id === undefined) return send(200, { status: "healthy", standIn: true });
  if (collection !== "tasks" || rest.length > 0) return send(404, { error: "not found" });
  if (id === undefined) {
    if (request.method === "GET") return send(200, [...tasks.values()]);
    if (request.method !== "POST") return send(405, { error: "GET and POST are allowed" });
    const task = await readTask(request);
    if (typeof task === "string") return send(400, { error: task });
    const created = { id: randomUUID(), ...task };
    tasks.set(created.id, created);
    return send(201, created);
  }
  if (!tasks.has(id)) return send(404, { error: "not found" });
  if (request.method === "GET") return send(200, tasks.get(id));
  if (request.method !== "DELETE") return send(405, { error: "GET and DELETE are allowed" });
  tasks.delete(id);
  return send(204);
});

/** The title that a body carries, or what is wrong with it. */
async function readTask(request) {
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MAX_BODY_BYTES) return `the body is longer than ${MAX_BODY_BYTES} characters`;
  }
  try {
    const { title } = JSON.parse(text);
    return typeof title === "string" && title !== "" ? { title } : "title must be a text that is not empty";
  } catch {
    return "the body is not a JSON object";
  }
}

process.once("SIGTERM", () => server.close(() => process.exit(0)));
server.listen(Number(process.env.PORT), "127.0.0.1", () => {
  const { DB_HOST: host, DB_NAME: name } = process.env;
  console.log(
    `a stand-in for the Task API: tasks are in memory, the database ${name} at ${host} is not used`,
  );
});
