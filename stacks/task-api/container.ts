import { taskSize } from "../../contract/fargate";
import type { SectionValues } from "../../environments/systems";
import type { Database } from "../../modules/database/database";
import type { Container } from "../../modules/ecs/container";
import type { ImageRepository } from "../../modules/image-repository/image-repository";

/** The container that takes the requests. */
export const CONTAINER = { name: "task-api", port: 8080 } as const;

/** User of the database that signs in with IAM instead of a password; docs/task-api.md says how to make it. */
export const IAM_USERNAME = "task_api";

/** Not root, and not the owner of anything in the image. */
const CONTAINER_USER = "65532:65532";

/** The container of a task; docs/task-api.md lists what it gets. */
export function taskApiContainer(
  taskApi: SectionValues<"taskApi">,
  database: Database,
  repository: ImageRepository,
): Container {
  const { image = "not-pushed-yet", database: settings } = taskApi;
  const { maxOpen, maxIdle } = settings.connectionPool;
  return {
    name: CONTAINER.name,
    image: `${repository.repositoryUrl}${image.startsWith("sha256:") ? "@" : ":"}${image}`,
    containerPorts: [CONTAINER.port],
    environment: {
      DB_HOST: database.address,
      DB_IAM_USER: IAM_USERNAME,
      DB_MAX_IDLE_CONNS: String(maxIdle),
      DB_MAX_OPEN_CONNS: String(maxOpen),
      DB_NAME: database.databaseName,
      DB_PORT: String(database.port),
      // The certificate is checked as well as asked for.
      DB_SSLMODE: "verify-full",
      GIN_MODE: "release",
      PORT: String(CONTAINER.port),
    },
    secrets: {
      DB_PASSWORD: `${database.secretArn}:password::`,
      DB_USERNAME: `${database.secretArn}:username::`,
    },
    user: CONTAINER_USER,
    memoryMiB: taskSize(taskApi.size).memoryMiB,
  };
}
