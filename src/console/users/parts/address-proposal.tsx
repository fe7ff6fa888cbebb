// What a directory wants somebody's address to be, on their page, where it is accepted or refused.
import { Hono } from 'hono'
import { type AddressProposal, decideAddressProposal } from '#access/people/adoption/address-proposals.ts'
import { emailsOf, primaryOf } from '#directory/emails.ts'
import { readForm } from '#http/read-form.ts'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { PostForm } from '#http/ui/form.tsx'
import type { ConsoleEnv } from '../../ui/env.ts'
import { Panel } from '../../ui/parts.tsx'

/** @returns an app to be mounted at `/console/users` */
export function createAddressProposal(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.post('/:id/address-proposal', async (c) => {
    const userId = c.req.param('id')
    const { decision } = await readForm(c)
    await decideAddressProposal(c.get('ctx'), { userId, decision: decision === 'accept' ? 'accept' : 'refuse' })
    return c.redirect(`/console/users/${userId}?done=saved`, 303)
  })
  return pages
}

type Props = { proposal: AddressProposal | undefined; mayDecide: boolean }

export const AddressProposalPanel = ({ proposal, mayDecide }: Props) => {
  if (proposal === undefined) return null
  const { userId, directory, userName, emails, current } = proposal
  const email = primaryOf(emailsOf({ emails }))?.value
  return (
    <Panel
      title={`${directory.name} gives them another address`}
      lead="Addresses are never changed here without an administrator's word. Until then the old one stays, and they sign in as before."
    >
      <dl class="facts">
        <div>
          <dt>User name</dt>
          <dd>
            {current.userName} → {userName}
          </dd>
        </div>
        {typeof email === 'string' ? (
          <div>
            <dt>E-mail address</dt>
            <dd>
              {current.email ?? 'none'} → {email}
            </dd>
          </div>
        ) : null}
      </dl>
      {mayDecide ? (
        <div class="actions">
          <PostForm action={`/console/users/${userId}/address-proposal`} hidden={{ decision: 'accept' }}>
            <SubmitButton label="Accept the address" />
          </PostForm>
          <PostForm action={`/console/users/${userId}/address-proposal`} hidden={{ decision: 'refuse' }}>
            <SubmitButton label="Refuse the address" kind="secondary" />
          </PostForm>
        </div>
      ) : null}
    </Panel>
  )
}
