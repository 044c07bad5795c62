/* One toast for whatever did not work; the page and what was typed stay as they were. */

const WORDS = {
  401: ["登录已过期", "请重新登录后再办；本页内容还在，可另开一页登录。"],
  403: ["没有权限", "您的身份不能办理此事，请联系本单位管理员。"],
  404: ["没有找到", "该记录不存在或您看不到它。"],
  409: ["现在不能这样办", "数据已变化，请刷新页面后再试。"],
  413: ["文件太大", "每个文件不超过 20 MB，请压缩后再传。"],
  429: ["操作太频繁", "请稍候一分钟再试。"],
};
const BROKEN = ["系统暂时出错", "内容没有提交，请稍后再试；多次出现请反映给管理员。"];
const OFFLINE = ["网络不通", "内容没有提交，也没有丢失，请检查网络后再点一次。"];

export function toast(title, detail) {
  const box = document.createElement("div");
  box.className = "alert-toast";
  const words = document.createElement("p");
  const head = document.createElement("b");
  head.textContent = title;
  words.append(head, detail);
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", "关闭提示");
  close.addEventListener("click", () => box.remove());
  box.append(words, close);
  document.getElementById("toasts")?.replaceChildren(box);
}

/* The server's own words are better than ours: from the error page, or from an RFC 9457 problem. */
function wordsOf(ctx) {
  const status = ctx.response.status;
  const [title, detail] = WORDS[status] ?? BROKEN;
  if ((ctx.response.headers.get("content-type") ?? "").includes("json")) {
    try {
      const problem = JSON.parse(ctx.text);
      return [problem.title ?? title, problem.detail ?? detail];
    } catch {
      return [title, detail];
    }
  }
  const page = new DOMParser().parseFromString(ctx.text ?? "", "text/html");
  const read = (id) => page.getElementById(id)?.textContent.trim();
  return [read("problem-title") || title, read("problem-detail") || detail];
}

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (ctx.response.status !== 422) toast(...wordsOf(ctx));
});

document.addEventListener("htmx:error", ({ detail }) => {
  if (detail.ctx && !detail.ctx.response) toast(...OFFLINE);
});

/* A file is not a page: hand the address to the browser, which saves it. */
document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  const isPage = (ctx.response.headers.get("content-type") ?? "text/html").includes("html");
  if (isPage || ctx.response.status >= 400 || ctx.response.status === 204 || ctx.request.method !== "GET") return;
  event.preventDefault();
  location.href = ctx.request.action;
});

function busy(ctx, on) {
  const button = ctx.request?.submitter;
  if (on) button?.setAttribute("aria-busy", "true");
  else button?.removeAttribute("aria-busy");
  document.querySelector(".busy-line")?.remove();
  if (!on) return;
  const line = document.createElement("div");
  line.className = "busy-line";
  document.documentElement.append(line);
}

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => busy(ctx, true));
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => busy(ctx, false));
