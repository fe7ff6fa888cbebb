// Who writes: what the writes of users and groups need of a request, be it one of HTTP or an operation of a bulk request.
import type { Urls } from '#platform/urls.ts'
import type { CallContext } from '#src/context.ts'
import type { Note } from '../patch/note.ts'

export type Asker = { ctx: CallContext; directoryId: string; urls: Urls; note: Note }

/** Which resource, and the version that the client has seen, if that is to count. */
export type Place = { id: string; version: number | undefined }
