// The list of attempts with its filters, all of which are in the address.

import type { SignInAttempt } from '#access/sign-in/attempts.ts'
import type { Connection } from '#connections/sign-in/connections.ts'
import { LinkButton } from '#http/ui/buttons.tsx'
import { EmptyState } from '#http/ui/content.tsx'
import { HiddenFields } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import type { Frame } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Found, Search } from '../ui/list.tsx'
import { namedOptions, Select } from '../ui/parts.tsx'
import { AttemptTable } from './attempt-table.tsx'
import { outcomes } from './attempt-words.ts'

export type AttemptQuery = {
  reference: string | undefined
  q: string | undefined
  connection: string | undefined
  person: string | undefined
  outcome: SignInAttempt['outcome'] | undefined
  after: string | undefined
}

export type SignInListProps = {
  frame: Frame
  query: AttemptQuery
  attempts: readonly SignInAttempt[]
  /** The id after which the next page begins. */
  next: string | undefined
  connections: readonly Connection[]
}

export const SignInListPage = ({ frame, query, attempts, next, connections }: SignInListProps) => {
  const { after, ...filter } = query
  const isNarrowed = Object.values(filter).some((value) => value !== undefined)
  return (
    <ConsolePage
      frame={frame}
      section="signIns"
      title="Sign-ins"
      lead="Every attempt with its trace. Whoever is refused is shown a reference; enter it here to see why."
      actions={<LinkButton href="/console/sign-ins/link-requests">Links to approve</LinkButton>}
    >
      <Search
        action="/console/sign-ins"
        q={query.q}
        placeholder="Name or address"
        isPrimary
        first={
          <Field name="reference" label="Reference" value={query.reference} placeholder="ABCDE-23456" isOptional />
        }
        last={isNarrowed ? <LinkButton href="/console/sign-ins">Show all</LinkButton> : null}
      >
        <Select
          name="connection"
          label="Connection"
          value={query.connection}
          empty="Any"
          options={namedOptions(connections)}
        />
        <Select
          name="outcome"
          label="Outcome"
          value={query.outcome}
          empty="Any"
          options={Object.entries(outcomes).map(([value, { word }]) => ({ value, label: word }))}
        />
        <HiddenFields values={{ person: query.person }} />
      </Search>
      <Found
        path="/console/sign-ins"
        query={filter}
        param="after"
        isFirst={after === undefined}
        found={{ items: attempts, nextCursor: next }}
        empty={
          <EmptyState
            title={isNarrowed ? 'No sign-in fits that' : 'Nobody has tried to sign in yet'}
            text={
              isNarrowed
                ? 'Traces are kept for some weeks only. Try fewer filters.'
                : 'Sign-ins, tests and refusals are kept here, each with what was received and checked.'
            }
          />
        }
      >
        <AttemptTable attempts={attempts} />
      </Found>
    </ConsolePage>
  )
}
