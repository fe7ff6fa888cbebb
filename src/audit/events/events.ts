// Published events: what is made of a row, and the contract of it (schemas/events.json).
import { z } from 'zod'
import { auditActions } from '../actions.ts'
import { type EventRow, type EventType, shapes } from './shapes.ts'

export type { EventRow, EventType } from './shapes.ts'

export type PublishedEvent = {
  id: string
  type: EventType
  version: 1
  timestamp: string
  organizationId: string
  actor: { type: string; id: string }
  data: Record<string, unknown>
}

export const eventTypes = Object.keys(shapes).sort() as EventType[]

/** What can be chosen; a test is told to whom it tries. */
export const publishedTypes = eventTypes.filter((type) => type !== 'webhook.test')

/** What the worker works out, beside the trail. */
export const derivedTypes: readonly EventType[] = ['access.changed']

const typesByAction: ReadonlyMap<string, EventType> = new Map(
  Object.entries(auditActions).flatMap(([action, type]) => (type === null ? [] : [[action, type]])),
)

/** The type that a row of the trail is published as; undefined where it is not. */
export const typeOfAction = (action: string): EventType | undefined =>
  typesByAction.get(action) ?? derivedTypes.find((type) => type === action)

/** The actions of the trail behind these types; all that are published where they are null. */
export const actionsOf = (types: readonly string[] | null): string[] =>
  [...typesByAction].filter(([, type]) => types === null || types.includes(type)).map(([action]) => action)

/** @param type in place of that of its action */
export function eventOf(row: EventRow, type = typeOfAction(row.action)): PublishedEvent {
  if (type === undefined) throw new Error(`${row.action} is not published`)
  return {
    ...{ id: row.id, type, version: 1, timestamp: row.occurredAt, organizationId: row.organizationId },
    actor: { type: row.actorType, id: row.actorId },
    data: Object.fromEntries(Object.entries(shapes[type].fields).map(([name, field]) => [name, field.of(row)])),
  }
}

const schemaOf = (type: EventType) => {
  const { says, fields } = shapes[type]
  const data = Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema]))
  return z
    .strictObject({
      id: z.string().meta({ description: 'The same in every answer and delivery: what came twice has one id' }),
      type: z.literal(type),
      version: z.literal(1),
      timestamp: z.string().meta({ format: 'date-time' }),
      organizationId: z.string(),
      actor: z.strictObject({ type: z.string(), id: z.string() }),
      data: z.strictObject(data),
    })
    .meta({ title: type, description: says })
}

/** Every event by its type. */
export const EventSchema = z.discriminatedUnion(
  'type',
  eventTypes.map(schemaOf) as unknown as [ReturnType<typeof schemaOf>, ...ReturnType<typeof schemaOf>[]],
)
