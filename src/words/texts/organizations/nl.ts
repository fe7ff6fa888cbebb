// Met “u”.
import type { en } from './en.ts'

export const nl = {
  'orgs.title': 'Uw organisaties',
  'orgs.choose': 'Kies een organisatie',
  'orgs.lead': 'Op dit apparaat bent u aangemeld bij:',
  'orgs.here': '<b>{organization}</b>, als {name} (nu)',
  'orgs.continue': 'Doorgaan bij {organization}, als {name}',
  'orgs.switch': 'Overschakelen naar {organization}, als {name}',
  'orgs.signInAt': 'Aanmelden bij {organization}, als {name}',
  'orgs.another': 'Aanmelden bij een andere organisatie',
  'orgs.signOutAll': 'Bij alle afmelden',
  'orgs.links': 'Gekoppelde accounts',
  'orgs.linksText':
    'Accounts die aan dat van u bij {organization} zijn gekoppeld, worden hier op elk apparaat aangeboden. Geen organisatie hoort dat u elders een account hebt.',
  'orgs.link': 'Koppelen met {organization}',
  'orgs.unlink': '{organization} ontkoppelen',
  'orgs.ended': 'Die sessie is beëindigd',
  'orgs.endedText': 'Meld u daar opnieuw aan.',
  'orgs.linked': 'De accounts zijn gekoppeld',
  'orgs.linkedText': 'Geen van beide organisaties hoort daarvan.',
  'orgs.unlinked': 'De accounts zijn niet meer gekoppeld',
  'orgs.unlinkedText': 'Uw sessies blijven bestaan.',
  'orgs.proveThere': 'Toon ook daar aan wie u bent',
  'orgs.proveThereText': 'Schakel daarnaar over, bevestig dat u het bent en koppel de accounts binnen tien minuten.',
  'orgs.sendNow': 'Het formulier nu versturen?',
  'orgs.sendNowLead': 'Er is nog niets verstuurd. Ga alleen door als u dit zelf hebt ingevuld.',
  'orgs.send': 'Formulier versturen',
  'orgs.cancel': 'Annuleren',
} as const satisfies Record<keyof typeof en, string>
