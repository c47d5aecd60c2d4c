// Stands in for the Task API's image, which this project does not build: `GET /health` and tasks in memory.
import { createServer } from "node:http";

const tasks = new Map();
let number = 0;
console.log("this is a stand-in for the Task API: tasks are kept in memory, the database is not used");
createServer((request, response) => {
  const send = (status, body) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body === undefined ? "" : `${JSON.stringify(body)}\n`);
  };
  send(404, { error: "not found", tasks: tasks.size, number });
  request.resume();
}).listen(Number(process.env.PORT), "127.0.0.1");
