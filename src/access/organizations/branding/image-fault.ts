// What the readers of pictures give back, and how they refuse one.
import { AppError } from '#platform/errors.ts'

export type Rewritten = { width: number; height: number; bytes: Buffer }

export const badImage = (message: string): AppError =>
  new AppError('invalid', `The picture ${message}`, { reason: 'image', fields: [{ path: 'logo', message }] })
