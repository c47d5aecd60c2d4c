/**
 * The AWS SDK announces in every process that it drops Node 20 in January 2027. `automock doctor` says that once, and
 * this import keeps the SDK from saying it in every output.
 */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
