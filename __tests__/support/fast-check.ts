import fc from "fast-check";

// The same examples in every run of a seed, which the global set-up chooses and prints: what is red is red again.
fc.configureGlobal({ seed: Number(process.env.FC_SEED) });
