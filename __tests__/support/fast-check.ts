import fc from "fast-check";

// The same examples in every run: what is red is red again. `FC_SEED=$RANDOM npm run test:unit` looks elsewhere.
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20261121) });
