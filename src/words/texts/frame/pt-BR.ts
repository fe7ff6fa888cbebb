// Com “você”.
import type { en } from './en.ts'

export const ptBR = {
  'frame.skip': 'Ir para o conteúdo',
  'frame.optional': '(opcional)',
  'frame.reference': 'Referência',
  'frame.about': 'Sobre este serviço',
  'frame.help': 'Ajuda',
  'frame.privacy': 'Privacidade',
  'frame.terms': 'Termos de uso',
  'frame.support': 'Suporte: {contact}',
  'frame.continue': 'Continuar',
  'frame.signIn': 'Entrar',
  'frame.backToSignIn': 'Voltar para a entrada',
  'frame.askForAccess': 'Pedir acesso',
  'fault.invalid.title': 'Não funcionou',
  'fault.invalid.advice': 'A solicitação não está como esperamos. Volte, confira o que você digitou e tente novamente.',
  'fault.unauthenticated.title': 'Entre na sua conta',
  'fault.unauthenticated.advice': 'Você não entrou ou sua sessão terminou. Entre e tente novamente.',
  'fault.forbidden.title': 'Você não tem acesso a isto',
  'fault.forbidden.advice': 'Se você precisa disto para o seu trabalho, fale com um administrador da sua organização.',
  'fault.not_found.title': 'Não há nada aqui',
  'fault.not_found.advice':
    'O link pode ser antigo ou ter um erro de digitação. Confira o endereço ou volte para onde estava.',
  'fault.conflict.title': 'Isto já está em uso',
  'fault.conflict.advice': 'O que você digitou entra em conflito com algo que já existe. Volte e escolha outra coisa.',
  'fault.precondition_failed.title': 'Alguém foi mais rápido',
  'fault.precondition_failed.advice':
    'Isto foi alterado nesse meio-tempo. Volte, recarregue a página e faça sua alteração novamente.',
  'fault.against_policy.title': 'Sua organização não permite isto',
  'fault.against_policy.advice': 'Volte e faça de outra forma, ou pergunte a um administrador sobre a regra.',
  'fault.precondition_required.title': 'Isto precisa de confirmação',
  'fault.precondition_required.advice': 'Volte, veja o que a alteração causaria e confirme.',
  'fault.too_large.title': 'Foi demais',
  'fault.too_large.advice': 'Volte e envie menos de uma vez.',
  'fault.too_many.title': 'Tentativas demais',
  'fault.too_many.advice': 'Aguarde um minuto e tente novamente.',
  'fault.unavailable.title': 'Voltamos já',
  'fault.unavailable.advice':
    'O serviço não está disponível no momento. Aguarde alguns segundos e recarregue a página.',
  'fault.internal.title': 'Algo deu errado do nosso lado',
  'fault.internal.advice':
    'A culpa não é sua. Tente novamente; se acontecer outra vez, informe a referência abaixo ao seu administrador.',
} as const satisfies Record<keyof typeof en, string>
