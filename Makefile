# Two commands do it all on a fresh machine: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
PY := .venv/bin/python
OUTREACH := .venv/bin/python -m outreach.cli
SETUP := tools/setup.sh

.PHONY: help run test setup check train evaluate calibrate bench screenshots lock clean

help: ## 列出所有命令
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: setup ## 运行整个服务（第一次会安装环境、训练模型）
	@$(OUTREACH) train
	@$(OUTREACH) db upgrade
	@exec $(OUTREACH) serve --with-rasa --with-sandbox

test: ## 全部测试（包括训练好的模型和真实浏览器）
	@$(SETUP) dev
	@$(MAKE) --no-print-directory check
	@$(OUTREACH) train
	@$(PY) -m pytest

setup: ## 只安装环境和前端包
	@$(SETUP) run

check: ## 代码和内容检查
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check --quiet . || (echo "✗ 格式不一致：运行 .venv/bin/ruff format ." && false)
	@$(PY) -m mypy
	@$(OUTREACH) check
	@$(PY) -m pytest -q tests/test_house.py

train: setup ## 训练对话模型（语料没变就不训练）
	@$(OUTREACH) train

evaluate: ## 在留出集上评测，写 docs/evaluation.md
	@$(SETUP) dev
	@$(OUTREACH) train
	@PYTHONPATH=. $(PY) tools/evaluate.py

calibrate: ## 用校准集选概率尺度和阈值，写 content/calibration.yml
	@$(SETUP) dev
	@.venv-rasa/bin/python tools/calibrate.py

bench: ## 性能对比（与同机同次的原版 Rasa 比）
	@$(SETUP) dev
	@$(OUTREACH) train
	@PYTHONPATH=. $(PY) tools/bench.py

screenshots: ## 生成页面截图到 docs/screenshots
	@$(SETUP) dev
	@$(OUTREACH) train
	@$(PY) tools/screenshots.py

lock: ## 重新锁定依赖版本
	@tools/lock.sh

clean: ## 删除环境、模型和本地数据
	rm -rf .venv .venv-rasa .venv-tools node_modules models var
