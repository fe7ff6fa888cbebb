// What can be done to many people, in words.
import type { Frame } from '../../ui/env.ts'

export const kinds = {
  deactivate: {
    title: 'Deactivate several people',
    lead: 'They are shut out with their next request, everywhere.',
    run: 'Deactivate',
    needs: 'users.write',
  },
  reactivate: {
    title: 'Reactivate several people',
    lead: 'They may sign in again, anew. What their groups give comes back by itself.',
    run: 'Reactivate',
    needs: 'users.write',
  },
  assign: {
    title: 'Give several people a role',
    lead: 'Directly, for one and the same reason.',
    run: 'Give the role to',
    needs: 'assignments.write',
  },
  unassign: {
    title: 'Take a role from several people',
    lead: 'Direct assignments are revoked; what groups give stays.',
    run: 'Take the role from',
    needs: 'assignments.write',
  },
} as const

export type BulkKind = keyof typeof kinds

export const isBulkKind = (text: string): text is BulkKind => Object.hasOwn(kinds, text)

export type Common = { frame: Frame; kind: BulkKind }

export const listHref = (query: string | undefined): string => `/console/users${query === undefined ? '' : `?${query}`}`
