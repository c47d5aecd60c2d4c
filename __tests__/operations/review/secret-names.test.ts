import { isCommonWord, isSecretName } from "../../../operations/review/secret-names";

it.each([
  ...[
    "password",
    "master_password",
    "DB_PASSWORD",
    "PGPASSWORD",
    "MYSQL_PWD",
    "DB_PASS",
    "DB_PASS_2",
    "SMTP_PASS",
  ],
  ...["passwords", "PASSWORD2", "user-passwd", "sshpass", "ADMIN_PW", "wifiPassphrase", "OTP_PIN"],
  ...[
    "secret",
    "client-secret",
    "SECRET_KEY_BASE",
    "clientSecrets",
    "secret_string",
    "JWT_SECRET",
    "app.secret",
  ],
  ...[
    "authToken",
    "GITHUB_TOKEN",
    "NPM_TOKENS",
    "token_1",
    "accesstoken",
    "GITHUB_PAT",
    "AUTHORIZATION",
    "jwt",
  ],
  ...["RAILS_MASTER_KEY", "STRIPE_KEY", "API_KEYS", "apiKey", "APIKEY", "private_key_pem", "SSH_KEY_BASE64"],
  ...[
    "AWS_SECRET_ACCESS_KEY",
    "ENCRYPTION_KEY",
    "DJANGO_SECRET_KEY",
    "accountKey",
    "X-Api-Key",
    "licenseKey",
  ],
  ...["SENTRY_DSN", "connection_string", "SLACK_WEBHOOK_URL", "credentials", "DB_CREDS", "PASSWORD_BASE64"],
  ...["SLACK_WEBHOOK", "AUTH_HEADER", "auth_string", "storepass", "DBPWD", "TOTP_SEED", "BACKUP_CODES"],
  ...["wifi_psk", "MNEMONIC", "SEED_PHRASE", "PASSWORT", "card_cvv", "DOCKER_AUTH_CONFIG"],
  ...["SASL_JAAS_CONFIG", "REDIS_AUTH", "SAS_URL", "BINDPW", "ACCOUNTKEY", "OTP", "pincode", "ACCESS_CODE"],
  ...["session_cookie", "PASSWORD_SALT", "HTTP_BASIC_AUTH", "manage_master_user_password"],
])("%s is a secret's name", (name) => expect(isSecretName(name)).toBe(true));

it.each([
  ...[
    "secret_arn",
    "secret_id",
    "secretName",
    "SECRETS_PATH",
    "password_length",
    "token_endpoint",
    "TOKEN_TTL",
  ],
  ...[
    "kms_key_id",
    "key_name",
    "kms_key",
    "public_key",
    "hash_key",
    "range_key",
    "S3_KEY",
    "object_key",
    "key",
  ],
  ...[
    "customer_master_key_spec",
    "tokenizer",
    "bypass",
    "compass",
    "authorization_type",
    "credentials_parameter",
  ],
  ...["http_tokens", "MAX_TOKENS", "idempotency_token", "client_request_token", "cookies", "forward_cookies"],
  ...["allow_credentials", "CORS_ALLOW_CREDENTIALS", "cookie_domain", "pass_through", "salt_rounds"],
  ...["pin_memory", "sig_alg", "map_key", "value_key"],
  ...["password_reset_enabled", "get_password_data", "AWS_ACCESS_KEY_ID", "", "123", "idempotency_keys"],
])("%s is not", (name) => expect(isSecretName(name)).toBe(false));

it.each([
  "postgres",
  "production",
  "PROD",
  "Admin",
  "us-east-1",
  "us-gov-west-1",
  "eu-west-1b",
  "123456789012",
])("%s is a common word", (text) => expect(isCommonWord(text)).toBe(true));
it.each(["10.0.0.0/16", "203.0.113.7", "t3.micro", "db.m7g.large"])(
  "%s is in other texts for other reasons",
  (text) => expect(isCommonWord(text)).toBe(true),
);

it.each(["hunter2", "correct-horse", "tr0ub4dor", "two words", "aB", "1234567890123"])(
  "%s is not a common word",
  (text) => expect(isCommonWord(text)).toBe(false),
);
