// Runs before the scripts of each page. Ceremonies are answered by whoever hears `tell`.
(tell) => {
  const BINARY = ['attestationObject', 'authenticatorData', 'clientDataJSON', 'signature', 'userHandle'];
  const waiting = new Map();
  const text = (buffer) => {
    const bytes = new Uint8Array(buffer.buffer ?? buffer, buffer.byteOffset ?? 0, buffer.byteLength);
    return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  };
  const bytes = (text) => {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (char) => char.charCodeAt(0)).buffer;
  };
  const plain = (value) => {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return text(value);
    if (Array.isArray(value)) return value.map(plain);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
  };
  const ceremony = (kind) => async (options) => new Promise((resolve, reject) => {
    const id = String(waiting.size);
    waiting.set(id, { resolve, reject });
    tell(JSON.stringify({ id, kind, origin: location.origin, publicKey: plain(options.publicKey) }));
  });
  const answered = (answer) => {
    const { id, error, credential } = JSON.parse(answer);
    const { resolve, reject } = waiting.get(id);
    if (error) return reject(new DOMException('The authenticator gave no credential.', error));
    const members = Object.entries(credential.response);
    const response = Object.fromEntries(members.map(([name, value]) => {
      return [name, BINARY.includes(name) && value ? bytes(value) : value];
    }));
    response.getTransports = () => credential.response.transports ?? [];
    resolve({
      ...credential,
      rawId: bytes(credential.rawId),
      response,
      getClientExtensionResults: () => ({}),
      toJSON: () => credential,
    });
  };
  Object.defineProperty(globalThis, Symbol.for('ceremony answered'), { value: answered });
  Object.assign(CredentialsContainer.prototype, { get: ceremony('get'), create: ceremony('create') });
  PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable = async () => true;
}
