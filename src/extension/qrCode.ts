import qrcode from 'qrcode-generator';

/** Modules of white around the code, which readers need (ISO/IEC 18004 section 9.1). */
const quietZone = 4;

/** A text as a QR code: an SVG that is as large as where it stands, black on white in every theme. */
export function qrCodeSvg(text: string, label: string): string {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const modules = code.getModuleCount();
  let path = '';
  for (let row = 0; row < modules; row++) {
    for (let column = 0; column < modules; column++) {
      if (code.isDark(row, column)) path += `M${column + quietZone} ${row + quietZone}h1v1h-1z`;
    }
  }
  const size = modules + 2 * quietZone;
  return `<svg viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff"/><path d="${path}" fill="#000"/></svg>`;
}
