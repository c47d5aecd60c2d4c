/**
 * Runs the tests of a stage in an environment of its own: testEnvironment { spec = 'orders' }.
 *
 * spec     name of a file in environments/test
 * command  test command, by default that of the file
 * ttl      time to live, for example '45m', by default that of the file
 * junit    path of the JUnit report, by default none
 *
 * The environment is removed by the command itself, also when the build is aborted. If the agent dies, the record in the
 * registry expires, and the environment is removed by the reaper.
 */
def call(Closure body) {
  def config = new HashMap()
  body.resolveStrategy = Closure.DELEGATE_FIRST
  body.delegate = config
  body()
  if (!config.spec) {
    error 'testEnvironment needs spec, the name of a file in environments/test'
  }
  def variables = ["TEST_ENV_SPEC=${config.spec}", "TEST_ENV_KEY=${env.BUILD_TAG}-${env.STAGE_NAME}"]
  if (config.command) {
    variables.add("TEST_ENV_COMMAND=${config.command}")
  }
  if (config.ttl) {
    variables.add("TEST_ENV_TTL=${config.ttl}")
  }
  withEnv(variables) {
    int code = sh(returnStatus: true, label: 'test environment', script: '''
      set -- run "$TEST_ENV_SPEC" --key "$TEST_ENV_KEY"
      if [ -n "${TEST_ENV_TTL:-}" ]; then set -- "$@" --ttl "$TEST_ENV_TTL"; fi
      if [ -n "${TEST_ENV_COMMAND:-}" ]; then set -- "$@" -- sh -c "$TEST_ENV_COMMAND"; fi
      exec npx automock --json test-env "$@" > test-env.json
    ''')
    archiveArtifacts artifacts: 'test-env.json,.automock/test-environments/**', allowEmptyArchive: true
    if (config.junit) {
      junit testResults: config.junit, allowEmptyResults: code != 0 && code != 1
    }
    if (code == 1) {
      unstable 'The tests failed. The environment is removed.'
    } else if (code == 2) {
      error 'The environment could not be created. What had been created is removed.'
    } else if (code == 3) {
      error 'The cleanup is incomplete. test-env.json says what is left and how to remove it.'
    } else if (code == 4) {
      error 'The run was refused before anything was created.'
    } else if (code != 0) {
      error "The run ended with exit code ${code}."
    }
  }
}
