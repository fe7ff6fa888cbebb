// Finding somebody to give a role in a brand.

import type { BrandRecord } from '#access/grants/brands/brands.ts'
import type { UserPage } from '#access/people/list-users.ts'
import { LinkButton, SmallLink } from '#http/ui/buttons.tsx'
import { isPermitted } from '#src/context.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { UserPicker } from '../ui/user-picker.tsx'

type GiveProps = { frame: Frame; brand: BrandRecord; q: string; found: UserPage | undefined }

export const BrandGivePage = ({ frame, brand, q, found }: GiveProps) => (
  <ConsolePage
    frame={frame}
    section="brands"
    title={`Give somebody a role in ${brand.name}`}
    lead={
      isPermitted(frame.ctx, 'users.read')
        ? 'Find the person first. Whoever is not here yet is invited instead.'
        : 'Find the person among those who are in your brands. Everybody else is invited by their address.'
    }
    trail={[...sectionTrail('brands'), { label: brand.name, href: `/console/brands/${brand.id}` }]}
    actions={
      isPermitted(frame.ctx, 'invitations.write', brand.id) ? (
        <LinkButton href={`/console/invitations/new?brand=${brand.id}`}>Invite instead</LinkButton>
      ) : null
    }
  >
    <UserPicker
      action={`/console/brands/${brand.id}/give`}
      q={q}
      found={found?.items ?? []}
      total={found?.total ?? 0}
      choose={(user) => (
        <SmallLink href={`/console/users/${user.id}/give?brand=${brand.id}`}>
          Choose<span class="visually-hidden"> {user.displayName ?? user.userName}</span>
        </SmallLink>
      )}
    />
  </ConsolePage>
)
