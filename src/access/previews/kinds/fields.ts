// The fields that more than one kind of change has.
import { z } from 'zod'

export const id = z.string().max(100)

/** As many as a page of suggestions may hold. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(500)

export const permission = z.string().meta({ example: 'content.publish' })

export const timeInput = z
  .string()
  .meta({ format: 'date-time', description: 'Date and time with offset, in the future where it is an end' })
