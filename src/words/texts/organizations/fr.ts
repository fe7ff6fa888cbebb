// Vouvoiement.
import type { en } from './en.ts'

export const fr = {
  'orgs.title': 'Vos organisations',
  'orgs.choose': 'Choisissez une organisation',
  'orgs.lead': 'Sur cet appareil, vous êtes connecté à :',
  'orgs.here': '<b>{organization}</b>, en tant que {name} (actuellement)',
  'orgs.continue': 'Continuer avec {organization}, en tant que {name}',
  'orgs.switch': 'Passer à {organization}, en tant que {name}',
  'orgs.signInAt': 'Se connecter à {organization}, en tant que {name}',
  'orgs.another': 'Se connecter à une autre organisation',
  'orgs.signOutAll': 'Se déconnecter de toutes',
  'orgs.links': 'Comptes associés',
  'orgs.linksText':
    'Les comptes associés au vôtre chez {organization} sont proposés ici sur chaque appareil. Aucune organisation n’apprend que vous avez un compte ailleurs.',
  'orgs.link': 'Associer à {organization}',
  'orgs.unlink': 'Dissocier {organization}',
  'orgs.ended': 'Cette session a pris fin',
  'orgs.endedText': 'Reconnectez-vous à cette organisation.',
  'orgs.linked': 'Les comptes sont associés',
  'orgs.linkedText': 'Aucune des deux organisations n’en est informée.',
  'orgs.unlinked': 'Les comptes ne sont plus associés',
  'orgs.unlinkedText': 'Vos sessions ne sont pas affectées.',
  'orgs.proveThere': 'Confirmez aussi votre identité là-bas',
  'orgs.proveThereText':
    'Passez à cette organisation, confirmez que c’est vous et associez les comptes dans les dix minutes.',
  'orgs.sendNow': 'Envoyer le formulaire maintenant ?',
  'orgs.sendNowLead': 'Rien n’a encore été envoyé. Ne continuez que si c’est vous qui avez rempli ce formulaire.',
  'orgs.send': 'Envoyer le formulaire',
  'orgs.cancel': 'Annuler',
} as const satisfies Record<keyof typeof en, string>
