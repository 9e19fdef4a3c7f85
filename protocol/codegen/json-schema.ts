import { type Contract, catalogue, reference, type Schema } from "./contract.ts";

/**
 * The contract as one draft-07 document: a definition for every named schema and for every method's params,
 * result and first answer; the document itself describes a frame. What schemas cannot say about methods,
 * events, errors and closes is under `x-moltbot`.
 */
export function jsonSchema(contract: Contract): Schema {
  const { root, definitions, methods, events } = catalogue(contract);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: "urn:moltbot:gateway-protocol",
    title: "Moltbot gateway protocol",
    description: "Every frame between a client and the gateway. Lengths count UTF-16 units.",
    allOf: [reference(root)],
    definitions: Object.fromEntries(
      [...definitions.values()].map(({ name, schema }) => [name, standard(schema)]),
    ),
    "x-moltbot": {
      protocol: contract.version,
      minProtocol: contract.minVersion,
      methods: Object.fromEntries(
        methods.map(({ name, declaration, params, result, accepted }) => [
          name,
          {
            summary: declaration.summary,
            access: declaration.access,
            since: declaration.since,
            repeat: declaration.repeat,
            ...(declaration.tolerant && { tolerant: true }),
            params: reference(params),
            result: reference(result),
            ...(accepted && { accepted: reference(accepted) }),
          },
        ]),
      ),
      events: Object.fromEntries(
        events.map(({ name, declaration, payload }) => [
          name,
          {
            summary: declaration.summary,
            audience: declaration.audience,
            whenSlow: declaration.whenSlow,
            since: declaration.since,
            ...(declaration.versioned && { versioned: true }),
            ...(declaration.subscribed && { subscribed: declaration.subscribed }),
            payload: reference(payload),
          },
        ]),
      ),
      errors: contract.errors,
      closes: contract.closes,
    },
  };
}

/** Without `discriminator`, which draft-07 does not know: the constants in the arms say the same. */
function standard(schema: Schema): Schema {
  const { discriminator: _hint, ...rest } = schema;
  return rest;
}
