// Finding somebody to give a role in a brand.

import type { BrandRecord } from '#access/grants/brands/brands.ts'
import type { UserPage } from '#access/people/list-users.ts'
import { LinkButton, SmallLink } from '#http/ui/buttons.tsx'
import { type CallContext, isPermitted } from '#src/context.ts'
import type { Manager } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import type { Notice } from '../ui/notices.ts'
import { UserPicker } from '../ui/user-picker.tsx'

type Common = { ctx: CallContext; manager: Manager; notice?: Notice | undefined }

type GiveProps = Common & { brand: BrandRecord; q: string; found: UserPage | undefined }

export const BrandGivePage = ({ ctx, manager, brand, q, found }: GiveProps) => (
  <ConsolePage
    {...{ ctx, manager }}
    section="brands"
    title={`Give somebody a role in ${brand.name}`}
    lead={
      isPermitted(ctx, 'users.read')
        ? 'Find the person first. Whoever is not here yet is invited instead.'
        : 'Find the person among those who are in your brands. Everybody else is invited by their address.'
    }
    trail={[...sectionTrail('brands'), { label: brand.name, href: `/console/brands/${brand.id}` }]}
    actions={
      isPermitted(ctx, 'invitations.write', brand.id) ? (
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
