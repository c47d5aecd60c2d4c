import { taskSize } from "../../contract/fargate";
import type { SectionValues } from "../../environments/schema/systems";
import type { Database } from "../../modules/database/database";
import type { Container } from "../../modules/ecs/container";
import type { ImageRepository } from "../../modules/image-repository/image-repository";

/** The container that receives the requests. */
export const CONTAINER = { name: "task-api", port: 8080 } as const;

/** Database user that signs in with IAM instead of a password; docs/task-api.md explains how to create it. */
export const IAM_USERNAME = "task_api";

/** Neither root nor the owner of any file in the image. */
const CONTAINER_USER = "65532:65532";

/** The container of a task. docs/task-api.md lists its variables. */
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
      // Also verifies the server's certificate.
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
