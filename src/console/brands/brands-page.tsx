// The list of brands.

import type { BrandsPage as FoundBrands } from '#access/grants/brands/search-brands.ts'
import { PrimaryLink } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { isPermitted } from '#src/context.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Found, Search } from '../ui/list.tsx'
import { NameList } from '../ui/people.tsx'

type BrandsProps = { frame: Frame; found: FoundBrands; q: string; cursor: string | undefined }

export const BrandsPage = ({ frame, found, q, cursor }: BrandsProps) => {
  const mayCreate = isPermitted(frame.ctx, 'brands.write')
  return (
    <ConsolePage
      frame={frame}
      section="brands"
      title="Brands"
      lead="Each has members of its own; roles held in a brand count there alone."
      actions={mayCreate ? <PrimaryLink href="/console/brands/new">New brand</PrimaryLink> : null}
    >
      <Search action="/console/brands" q={q} placeholder="Part of the name" />
      <Found
        path="/console/brands"
        query={{ q }}
        isFirst={cursor === undefined}
        found={found}
        empty={
          <EmptyState
            title={q === '' ? 'There are no brands yet' : 'No brands match'}
            text={
              q === ''
                ? 'A brand is a space with members of its own: a title, a market, a label.'
                : 'Try fewer filters.'
            }
          >
            {mayCreate && q === '' ? <PrimaryLink href="/console/brands/new">New brand</PrimaryLink> : null}
          </EmptyState>
        }
      >
        <Table
          caption="Brands"
          columns={['Brand', { label: 'People', isNumeric: true }, 'Roles held there']}
          rows={found.items.map(({ id, slug, name, people, isMore, roles }) => [
            <>
              <a href={`/console/brands/${id}`}>{name}</a>
              <div class="under">
                <code>{slug}</code>
              </div>
            </>,
            `${people.toLocaleString('en')}${isMore ? ' or more' : ''}`,
            <NameList names={roles} empty="None yet" />,
          ])}
        />
      </Found>
    </ConsolePage>
  )
}
