// Stands in for the Task API's image, which this project does not build: `GET /health`, and tasks kept in PostgreSQL.
// It knows nothing but the task definition's variables and, as the image does, the authority that it trusts.
import console from "node:console";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import process from "node:process";
import postgres from "postgres";

const MAX_BODY_BYTES = 1_000_000;
const MAX_LISTED = 100;
/** Of the health check. Short: a new password or a closed security group shows with the next connection. */
const CONNECTION_SECONDS = 10;
/** Shorter than the health check waits. */
const CONNECT_SECONDS = 3;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const { DB_HOST, DB_NAME, DB_PORT, DB_SSLMODE, DB_USERNAME, DB_PASSWORD, DB_MAX_OPEN_CONNS } = process.env;
if (DB_SSLMODE !== "verify-full") throw new Error(`DB_SSLMODE is ${DB_SSLMODE}, expected verify-full`);

const options = {
  host: DB_HOST,
  port: Number(DB_PORT),
  database: DB_NAME,
  username: DB_USERNAME,
  password: DB_PASSWORD,
  ssl: { ca: readFileSync(process.argv[2]) },
  backoff: false,
  onnotice: () => undefined,
};
/** Requests keep their connections, and on a busy machine wait for them; the health check has one of its own. */
const sql = postgres({ ...options, max: Number(DB_MAX_OPEN_CONNS) - 1 });
const probe = postgres({
  ...options,
  max: 1,
  connect_timeout: CONNECT_SECONDS,
  max_lifetime: CONNECTION_SECONDS,
});

let table;
/** Creates the table when a request needs it: the database may come later than the task. */
function withTable() {
  table ??= sql`CREATE TABLE IF NOT EXISTS tasks (
    id uuid PRIMARY KEY, title text NOT NULL, created_at timestamptz NOT NULL DEFAULT now())`.catch(
    (error) => {
      table = undefined;
      throw error;
    },
  );
  return table;
}

const server = createServer((request, response) => {
  const send = (status, body) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body === undefined ? undefined : `${JSON.stringify(body)}\n`);
  };
  answer(request, send).catch((error) => {
    console.log(`${request.method} ${request.url}: ${reasonOf(error)}`);
    send(503, { error: "the database does not answer" });
  });
});

async function answer(request, send) {
  const [, collection, id, ...rest] = request.url.split("?")[0].split("/");
  if (collection === "health" && id === undefined) return health(send);
  if (collection !== "tasks" || rest.length > 0) return send(404, { error: "not found" });
  if (id === undefined) {
    if (request.method !== "GET" && request.method !== "POST")
      return send(405, { error: "GET and POST are allowed" });
    const task = request.method === "POST" ? await readTask(request) : undefined;
    if (typeof task === "string") return send(400, { error: task });
    await withTable();
    if (!task)
      return send(200, await sql`SELECT id, title FROM tasks ORDER BY created_at, id LIMIT ${MAX_LISTED}`);
    const [created] =
      await sql`INSERT INTO tasks (id, title) VALUES (${randomUUID()}, ${task.title}) RETURNING id, title`;
    return send(201, created);
  }
  if (request.method !== "GET" && request.method !== "DELETE")
    return send(405, { error: "GET and DELETE are allowed" });
  if (!UUID.test(id)) return send(404, { error: "not found" });
  await withTable();
  const [found] =
    request.method === "GET"
      ? await sql`SELECT id, title FROM tasks WHERE id = ${id}`
      : await sql`DELETE FROM tasks WHERE id = ${id} RETURNING id`;
  if (!found) return send(404, { error: "not found" });
  return request.method === "GET" ? send(200, found) : send(204);
}

let lastReason;
async function health(send) {
  let reason;
  try {
    await probe`SELECT 1`;
  } catch (error) {
    reason = reasonOf(error);
  }
  if (reason !== lastReason) console.log(`the database ${reason ? `does not answer: ${reason}` : "answers"}`);
  lastReason = reason;
  if (reason) send(503, { status: "unhealthy", standIn: true, database: reason });
  else send(200, { status: "healthy", standIn: true });
}

/** Of the network's errors only the kind: their addresses are those of this machine. */
function reasonOf({ code, message }) {
  if (code === "CONNECT_TIMEOUT") return `no connection within ${CONNECT_SECONDS} s`;
  return /^(E[A-Z]+|CONNECTION_[A-Z]+)$/.test(code) ? `no connection (${code})` : message;
}

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

process.once("SIGTERM", () =>
  server.close(async () => {
    await Promise.all([sql, probe].map((one) => one.end({ timeout: 2 })));
    process.exit(0);
  }),
);
server.listen(Number(process.env.PORT), "127.0.0.1", () => {
  console.log(`a stand-in for the Task API, with the database ${DB_NAME}`);
});
